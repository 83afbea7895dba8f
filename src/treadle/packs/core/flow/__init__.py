"""The pack `flow`: branches, gates, containers, waiting and stopping."""
