def positions_of(mask: np.ndarray) -> np.ndarray:
    places = [place for place, value in np.ndenumerate(mask) if value]
    return np.array(places).reshape(len(places), mask.ndim)
