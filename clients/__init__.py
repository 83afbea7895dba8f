"""What the clients are made from: the API's document, and what its operations are called in them."""
