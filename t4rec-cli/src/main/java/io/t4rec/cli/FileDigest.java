package io.t4rec.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What a file's content is known again by. */
final class FileDigest {
    private static final int BUFFER = 1 << 16;

    private FileDigest() {}

    /** SHA-256 in hexadecimal digits. */
    static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            try (DigestInputStream through = new DigestInputStream(in, sha)) {
                byte[] buffer = new byte[BUFFER];
                while (through.read(buffer) >= 0) {
                    // the stream digests what is read
                }
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: absent (expected: in every Java)", e);
        }
    }
}
