"""A notebook, from bytes to points: read, held against its template, restored, divided between processes, scored. Pure."""
