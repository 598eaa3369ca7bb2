def pick_device() -> torch.device:
    return torch.ones(1).device
