"""The tick's reads through the ports, each thing once, in the orders that must hold."""
