"""What is left where Home Assistant changed what it does not document for integrations."""
