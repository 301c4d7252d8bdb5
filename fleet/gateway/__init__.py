"""Lines in OPC UA: what boards say by MQTT, as typed nodes of a server."""
