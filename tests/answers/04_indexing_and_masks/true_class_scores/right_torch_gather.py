def true_class_scores(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    picked = torch.from_numpy(scores).gather(1, torch.from_numpy(labels).unsqueeze(1))
    return picked.squeeze(1).numpy()
