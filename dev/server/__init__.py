"""The server's side: accounts, printers, prints, events, pictures and the network."""
