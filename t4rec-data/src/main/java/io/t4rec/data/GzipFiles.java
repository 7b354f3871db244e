package io.t4rec.data;

import io.t4rec.schema.DataException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Compressed texts: one that was cut at the end of a line would be read as if it were whole. */
final class GzipFiles {
    private GzipFiles() {}

    static boolean isGzip(String location) {
        return location.toLowerCase(Locale.ROOT).endsWith(".gz");
    }

    /** @throws DataException for a gzip file that is not complete; other files are not looked at */
    static void check(Path file) throws IOException {
        if (!isGzip(file.toString())) {
            return;
        }
        try (InputStream stream = new GZIPInputStream(Files.newInputStream(file), 1 << 16)) {
            stream.transferTo(OutputStream.nullOutputStream());
        } catch (EOFException e) {
            throw new DataException(file + ": truncated (expected: a complete gzip file; fetch it again)", e);
        } catch (ZipException e) {
            throw new DataException(
                    file + ": damaged, " + e.getMessage() + " (expected: a complete gzip file; fetch it again)", e);
        }
    }
}
