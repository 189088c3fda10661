"""Who gets which customer: agents' presence, the waiting line, and the choice between them. Pure."""
