def pick_device() -> torch.device:
    if torch.cuda.is_available:
        return torch.device("cuda")
    return torch.device("cpu")
