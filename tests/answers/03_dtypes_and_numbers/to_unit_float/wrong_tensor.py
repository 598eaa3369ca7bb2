def to_unit_float(img):
    return torch.tensor(img).float() / 255
