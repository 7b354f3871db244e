package io.t4rec.schema;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.TextFormat;
import com.google.protobuf.TextFormat.Parser.SingularOverwritePolicy;
import com.google.protobuf.TextFormatParseInfoTree;
import com.google.protobuf.TypeRegistry;
import io.t4rec.schema.io.Names;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text form of TensorFlow Metadata ({@code schema.pbtxt}). Both spellings of {@code extra_metadata} are read: escaped bytes
 * and the expanded message. A field that TensorFlow Metadata doesn't have is an error, as for its other readers.
 */
final class SchemaText {
    private static final TypeRegistry TYPES =
            TypeRegistry.newBuilder().add(Struct.getDescriptor()).build();

    /** The first of the unknown fields that the parser lists. */
    private static final Pattern UNKNOWN = Pattern.compile("\\d+:\\d+:\\t(\\w+)\\.(\\w+)");

    private SchemaText() {}

    static Schema parse(String text) {
        DynamicMessage.Builder schema = DynamicMessage.newBuilder(TfMetadata.SCHEMA);
        TextFormatParseInfoTree.Builder places = TextFormatParseInfoTree.builder();
        TextFormat.Parser parser = TextFormat.Parser.newBuilder()
                .setTypeRegistry(TYPES)
                .setSingularOverwritePolicy(SingularOverwritePolicy.FORBID_SINGULAR_OVERWRITES)
                .setParseInfoTreeBuilder(places)
                .build();
        try {
            parser.merge(text, schema);
        } catch (TextFormat.ParseException e) {
            throw new SchemaException(
                    "line " + e.getLine() + ", column " + e.getColumn() + ": not a schema (" + problem(e) + ")", e);
        }
        FieldDescriptor feature = TfMetadata.SCHEMA.findFieldByName("feature");
        TextFormatParseInfoTree found = places.build();
        return SchemaMessage.toSchema(
                schema.build(), i -> "line " + (found.getLocation(feature, i).getLine() + 1) + ", ");
    }

    /** The parser's message without the place at its start; for an unknown field, the one that was meant. */
    private static String problem(TextFormat.ParseException e) {
        String message = String.valueOf(e.getMessage());
        Matcher unknown = UNKNOWN.matcher(message);
        if (!unknown.find()) {
            return message.replaceFirst("^\\d+:\\d+: ", "");
        }
        Descriptor type = TfMetadata.SCHEMA.getFile().findMessageTypeByName(unknown.group(1));
        String nearest = type == null
                ? null
                : Names.nearest(
                        unknown.group(2),
                        type.getFields().stream().map(FieldDescriptor::getName).toList());
        return "unknown field " + unknown.group(1) + "." + unknown.group(2)
                + (nearest == null ? "" : "; did you mean " + nearest + "?");
    }

    static String toText(Schema schema) {
        Message message = SchemaMessage.of(schema);
        return TextFormat.printer().escapingNonAscii(false).printToString(message);
    }
}
