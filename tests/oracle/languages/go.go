// Answers the lines of languages (see languages.c) with Go's regexp.
package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
)

func text(field string) string {
	bytes, _ := hex.DecodeString(strings.TrimPrefix(field, "-"))
	return string(bytes)
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for lines.Scan() {
		fields := strings.Split(lines.Text(), " ")
		flags, _ := strconv.Atoi(fields[1])
		pattern := text(fields[2])
		_, err := regexp.Compile(pattern) // as it stands
		if flags&2 != 0 {
			pattern = `\A(?:` + pattern + `)\z`
		}
		if flags&1 != 0 {
			pattern = `(?i)` + pattern
		}
		if err != nil {
			fmt.Fprintln(out, "!")
			continue
		}
		expression, err := regexp.Compile(pattern)
		if err != nil {
			fmt.Fprintln(out, "?")
			continue
		}
		for _, word := range fields[3:] {
			if expression.MatchString(text(word)) {
				out.WriteByte('1')
			} else {
				out.WriteByte('0')
			}
		}
		out.WriteByte('\n')
	}
}
