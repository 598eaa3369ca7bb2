def positions_of(mask: np.ndarray) -> np.ndarray:
    places = []
    for place, value in np.ndenumerate(mask):
        if value:
            places.append(place)
    return np.array(places, dtype=np.int64).reshape(-1, mask.ndim)
