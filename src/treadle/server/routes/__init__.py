"""The routes of the API, a resource a file: parse, call the service, shape what it says."""
