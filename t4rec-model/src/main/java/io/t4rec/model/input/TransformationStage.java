package io.t4rec.model.input;

/** When features are transformed. */
public enum TransformationStage {
    /** Ids and numbers, before they are embedded. */
    PRE("pre"),
    /** Each feature, before they are joined. */
    POST("post"),
    /** The joined vector, before it is projected. */
    JOINED("joined");

    private final String setting;

    TransformationStage(String setting) {
        this.setting = setting;
    }

    /** The key of the settings that lists transformations of this stage. */
    String setting() {
        return setting;
    }
}
