"""What `pictures` draws, a module a lesson, on the shared tools of `shared`."""
