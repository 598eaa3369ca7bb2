def heights_summary(heights_cm) -> dict:
    heights = torch.tensor(np.asarray(heights_cm), dtype=torch.float64)
    return {
        "mean": heights.mean().item(),
        "tallest": heights.max().item(),
        "tallest_index": int((heights == heights.max()).nonzero()[0]),
    }
