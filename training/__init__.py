"""From a workspace to a promoted model: data set, folds, evaluation, gate and tracking."""
