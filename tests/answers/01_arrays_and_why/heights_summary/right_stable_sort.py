def heights_summary(heights_cm):
    heights = np.array(heights_cm, dtype=np.float64)
    first = np.argsort(-heights, kind="stable")[0].item()
    return dict(mean=heights.mean().item(), tallest=heights[first].item(), tallest_index=first)
