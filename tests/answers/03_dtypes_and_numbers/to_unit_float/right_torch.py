def to_unit_float(img):
    return (torch.from_numpy(img.copy()).float() / 255).numpy()
