"""Who and what the contact centre is made of, and every mistake of a site file at once. Pure: reads no file by itself."""
