package io.t4rec.schema.io;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Suggests what a mistyped name may have meant. */
public final class Names {
    private Names() {}

    /**
     * The known name with the fewest edits to the wrong one, or null when none is near. Near are names of which at most 2 or a
     * third of the letters differ, but not all of them, and names of which one begins with the other. Case doesn't count.
     */
    public static @Nullable String nearest(String wrong, Collection<String> known) {
        String best = null;
        int fewest = Math.max(2, wrong.length() / 3) + 1;
        for (String candidate : known) {
            String a = wrong.toLowerCase(Locale.ROOT);
            String b = candidate.toLowerCase(Locale.ROOT);
            int edits = edits(a, b);
            if (!a.isEmpty() && !b.isEmpty() && (a.startsWith(b) || b.startsWith(a))) {
                edits = Math.min(edits, 2);
            }
            if (edits < fewest && edits < Math.max(a.length(), b.length())) {
                fewest = edits;
                best = candidate;
            }
        }
        return best;
    }

    /** For error messages: {@code one of [item, price]; did you mean price?}, without the question when none is near. */
    public static String expectation(String wrong, Collection<String> known) {
        String nearest = nearest(wrong, known);
        return nearest == null ? "one of " + known : "one of " + known + "; did you mean " + nearest + "?";
    }

    private static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substitution, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
