"""What reaches deployments over HTTP: webhooks and forms; who may call, what runs, and what is answered."""
