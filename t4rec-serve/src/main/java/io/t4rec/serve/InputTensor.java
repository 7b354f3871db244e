package io.t4rec.serve;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor of a request.
 *
 * @param shape one or two sizes
 * @param elements row by row, as many as the shape says, each of the datatype or null
 */
record InputTensor(String name, Datatype datatype, List<Integer> shape, List<JsonNode> elements) {
    private static final int MAX_DIMENSIONS = 2;
    private static final List<String> KEYS = List.of("name", "shape", "datatype", "data", "parameters");

    /**
     * Reads one with flat or nested data.
     *
     * @param place among the inputs, for messages
     * @param maxElements that one tensor may have
     */
    static InputTensor read(JsonNode node, int place, int maxElements) {
        Json.checkKeys(node, KEYS, "inputs[" + place + "]");
        if (!node.path("name").isTextual()) {
            throw RequestException.bad("inputs[" + place + "]: no name (expected: the name of a tensor)");
        }
        String name = node.get("name").textValue();
        String where = "input " + name;
        if (node.path("parameters").has("binary_data_size")) {
            throw RequestException.bad(where + ": binary data (expected: JSON data)");
        }
        if (node.has("parameters")) {
            Json.checkKeys(node.get("parameters"), List.of(), where + ".parameters");
        }
        Datatype datatype = Datatype.read(node.path("datatype"), where);
        List<Integer> shape = shape(node.path("shape"), where, maxElements);
        List<JsonNode> elements = elements(node.path("data"), shape, where);
        for (JsonNode element : elements) {
            if (!element.isNull() && !datatype.holds(element)) {
                throw RequestException.bad(where + ": " + element + " (expected: " + datatype + ")");
            }
        }
        return new InputTensor(name, datatype, shape, elements);
    }

    private static List<Integer> shape(JsonNode sizes, String where, int maxElements) {
        List<Integer> shape = new ArrayList<>();
        long elements = 1;
        for (JsonNode size : sizes) {
            if (!size.isIntegralNumber() || !size.canConvertToInt() || size.intValue() < 0) {
                break;
            }
            shape.add(size.intValue());
            elements *= size.intValue();
            if (shape.size() > MAX_DIMENSIONS) {
                break;
            }
        }
        if (!sizes.isArray() || shape.isEmpty() || shape.size() != sizes.size() || shape.size() > MAX_DIMENSIONS) {
            throw RequestException.bad(where + ": shape " + (sizes.isMissingNode() ? "absent" : sizes)
                    + " (expected: one or two sizes >= 0)");
        }
        if (elements > maxElements) {
            throw RequestException.bad(
                    where + ": shape " + sizes + " (expected: at most " + maxElements + " elements)");
        }
        return shape;
    }

    private static List<JsonNode> elements(JsonNode data, List<Integer> shape, String where) {
        if (!data.isArray()) {
            throw RequestException.bad(
                    where + ": " + (data.isMissingNode() ? "no data" : "data " + data) + " (expected: an array)");
        }
        List<JsonNode> elements = new ArrayList<>();
        if (data.path(0).isArray() && shape.size() == 2) {
            checkSize(data.size(), " rows", shape.get(0), shape, where);
            for (JsonNode row : data) {
                if (!row.isArray()) {
                    throw RequestException.bad(where + ": " + row + " (expected: an array, as the others)");
                }
                checkSize(row.size(), " values in a row", shape.get(1), shape, where);
                row.forEach(elements::add);
            }
        } else {
            int size = shape.stream().reduce(1, (a, b) -> a * b);
            checkSize(data.size(), " values", size, shape, where);
            data.forEach(elements::add);
        }
        return elements;
    }

    private static void checkSize(int found, String what, int expected, List<Integer> shape, String where) {
        if (found != expected) {
            throw RequestException.bad(
                    where + ": " + found + what + " (expected: " + expected + " for shape " + shape + ")");
        }
    }

    /**
     * Reads the numbers of an offsets tensor: 0 first, never falling, the number of values last.
     *
     * @param values how many there are
     */
    int[] offsets(int values) {
        String where = "input " + name;
        if (!datatype.isInteger() || shape.size() != 1) {
            throw RequestException.bad(
                    where + ": " + datatype + " " + shape + " (expected: integers of one dimension)");
        }
        int[] offsets = new int[elements.size()];
        for (int i = 0; i < offsets.length; i++) {
            JsonNode offset = elements.get(i);
            if (!offset.canConvertToInt() || offset.intValue() < (i == 0 ? 0 : offsets[i - 1])) {
                throw RequestException.bad(where + ": " + offset + " at " + i + " (expected: rising numbers from 0)");
            }
            offsets[i] = offset.intValue();
        }
        if (offsets.length < 2 || offsets[0] != 0 || offsets[offsets.length - 1] != values) {
            throw RequestException.bad(
                    where + ": " + Arrays.stream(offsets).limit(20).boxed().toList()
                            + " (expected: one number more than sessions, 0 first, " + values + " last)");
        }
        return offsets;
    }
}
