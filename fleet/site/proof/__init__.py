"""The site on this computer: PostgreSQL, Mosquitto and simulated boards, for the demonstration and the measurements."""
