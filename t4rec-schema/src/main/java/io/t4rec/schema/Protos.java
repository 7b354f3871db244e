package io.t4rec.schema;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fields of a message by name. Typed by the caller: the names are those of {@link TfMetadata}. */
final class Protos {
    private Protos() {}

    static boolean has(MessageOrBuilder message, String name) {
        FieldDescriptor field = field(message, name);
        return field.isRepeated() ? message.getRepeatedFieldCount(field) > 0 : message.hasField(field);
    }

    static String text(MessageOrBuilder message, String name) {
        return (String) message.getField(field(message, name));
    }

    static boolean flag(MessageOrBuilder message, String name) {
        return (Boolean) message.getField(field(message, name));
    }

    static long integer(MessageOrBuilder message, String name) {
        return (Long) message.getField(field(message, name));
    }

    static double number(MessageOrBuilder message, String name) {
        return (Double) message.getField(field(message, name));
    }

    /** Name of an enum's value. */
    static String value(MessageOrBuilder message, String name) {
        return message.getField(field(message, name)).toString();
    }

    /** Null when the field is absent. */
    static @Nullable Message message(MessageOrBuilder message, String name) {
        return has(message, name) ? (Message) message.getField(field(message, name)) : null;
    }

    static List<Message> messages(MessageOrBuilder message, String name) {
        List<Message> out = new ArrayList<>();
        ((List<?>) message.getField(field(message, name))).forEach(element -> out.add((Message) element));
        return out;
    }

    static List<String> texts(MessageOrBuilder message, String name) {
        List<String> out = new ArrayList<>();
        ((List<?>) message.getField(field(message, name))).forEach(element -> out.add((String) element));
        return out;
    }

    static void set(Message.Builder message, String name, Object value) {
        message.setField(field(message, name), value);
    }

    static void add(Message.Builder message, String name, Object value) {
        message.addRepeatedField(field(message, name), value);
    }

    static void clear(Message.Builder message, String... names) {
        for (String name : names) {
            message.clearField(field(message, name));
        }
    }

    /** A builder of the field's message that begins with what the field holds; to be set back when done. */
    static Message.Builder part(Message.Builder message, String name) {
        FieldDescriptor field = field(message, name);
        Message.Builder part = message.newBuilderForField(field);
        return message.hasField(field) ? part.mergeFrom((Message) message.getField(field)) : part;
    }

    /** Sets the field to a part, or removes it when the part is empty. */
    static void setOrClear(Message.Builder message, String name, Message.Builder part) {
        if (part.getAllFields().isEmpty()) {
            clear(message, name);
        } else {
            set(message, name, part.build());
        }
    }

    private static FieldDescriptor field(MessageOrBuilder message, String name) {
        return message.getDescriptorForType().findFieldByName(name);
    }
}
