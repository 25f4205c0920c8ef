"""What SQL cannot do well, in Python, on any warehouse: dictionaries, identity, running dbt, publishing."""
