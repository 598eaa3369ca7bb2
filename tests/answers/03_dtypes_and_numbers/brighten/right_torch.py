def brighten(img, delta):
    wide = torch.tensor(img).to(torch.int16) + delta
    return wide.clamp(0, 255).to(torch.uint8).numpy()
