package io.t4rec.model.masking;

/** What a batch is masked for. */
public enum Mode {
    /** Targets as the task trains on them. */
    TRAIN,
    /** One target a row: its last item, predicted from those before it. */
    EVALUATE_LAST,
    /** Every item but the first is a target, predicted from those before it. */
    EVALUATE_ALL,
    /** No targets: the item after the last one is asked for. */
    INFER
}
