package io.t4rec.cli;

import io.t4rec.model.Recommender;
import io.t4rec.schema.DType;
import io.t4rec.schema.DataException;
import java.util.List;

/** Item ids of the command line in the type that the training data has. */
final class RawIds {
    private RawIds() {}

    /** @throws DataException for text where ids are integers */
    static List<Object> of(Recommender recommender, List<String> given) {
        String item = recommender.bundle().workflow().config().item();
        boolean text = recommender.inputSchema().get(item).dtype() == DType.STRING;
        return given.stream()
                .map(id -> text ? (Object) id : (Object) number(id))
                .toList();
    }

    /** @throws DataException when the text is no integer */
    static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new DataException("item id: " + text + " (expected: an integer, as in the training data)", e);
        }
    }
}
