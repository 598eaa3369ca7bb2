def pick_device() -> torch.device:
    asked = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    return torch.device(next(name for name, there in asked.items() if there))
