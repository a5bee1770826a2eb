// Answers the lines of languages (see languages.c) with java.util.regex.

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

public class Java {
    /** Gives up where a match would take for ever. */
    private static final class Limited implements CharSequence {
        private final String text;
        private int left = 1_000_000;

        Limited(String text) {
            this.text = text;
        }

        public char charAt(int at) {
            if (left-- == 0) {
                throw new IllegalStateException();
            }
            return text.charAt(at);
        }

        public int length() {
            return text.length();
        }

        public CharSequence subSequence(int begin, int end) {
            return text.subSequence(begin, end);
        }
    }

    private static String text(String hex) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; !hex.equals("-") && i < hex.length(); i += 2) {
            text.append((char) Integer.parseInt(hex.substring(i, i + 2), 16));
        }
        return text.toString();
    }

    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        PrintStream out = new PrintStream(System.out, false);
        for (String line; (line = in.readLine()) != null;) {
            String[] fields = line.split(" ");
            int flags = Integer.parseInt(fields[1]);
            StringBuilder answer = new StringBuilder();
            try {
                Pattern pattern =
                        Pattern.compile(text(fields[2]), (flags & 1) != 0 ? Pattern.CASE_INSENSITIVE : 0);
                for (int i = 3; i < fields.length; i++) {
                    try {
                        Matcher matcher = pattern.matcher(new Limited(text(fields[i])));
                        boolean found = (flags & 2) != 0 ? matcher.matches() : matcher.find();
                        answer.append(found ? '1' : '0');
                    } catch (IllegalStateException | StackOverflowError e) {
                        answer.append('?');
                    }
                }
            } catch (PatternSyntaxException e) {
                answer.append('!');
            }
            out.println(answer);
        }
        out.flush();
    }
}
