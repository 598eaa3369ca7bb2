"""How a notebook is run: in a kernel forked from a process that has imported everything, or in a cold one."""
