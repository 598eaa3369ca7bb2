def centre_crop(img: np.ndarray, size: int) -> np.ndarray:
    starts = []
    for length in img.shape[:2]:
        if size > length:
            raise ValueError(f"{size} does not fit into {length}")
        starts.append((length - size) // 2)
    return img[starts[0] : starts[0] + size, starts[1] : starts[1] + size, ...]
