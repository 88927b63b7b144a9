"""This machine: processes, folders, ports and programs of the laptop cloud."""
