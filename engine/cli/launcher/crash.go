package main

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// maxCrashBytes bounds what is kept of a crash: a Go program may write the stacks of thousands of goroutines.
const maxCrashBytes = 1 << 20

// What the Go runtime writes first when a program dies.
var crashStarts = []string{"panic: ", "fatal error: ", "SIGSEGV: ", "unexpected fault address ", "runtime: out of memory"}

// filter copies lines to `stderr` until one looks like the start of a crash, and returns that one and all after it.
func filter(from io.Reader, stderr io.Writer) string {
	var crash strings.Builder
	reader := bufio.NewReader(from)
	for {
		line, err := reader.ReadString('\n')
		switch {
		case crash.Len() == 0 && !startsCrash(line):
			_, _ = io.WriteString(stderr, line)
		case crash.Len() < maxCrashBytes:
			crash.WriteString(line)
		}
		if err != nil {
			return crash.String()
		}
	}
}

func startsCrash(line string) bool {
	for _, start := range crashStarts {
		if strings.HasPrefix(line, start) {
			return true
		}
	}
	return false
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// save writes the crash beside the executable, or says why it could not.
func save(executable, crash string) string {
	file, err := os.CreateTemp(filepath.Dir(executable), filepath.Base(executable)+"-crash-*.log")
	if err != nil {
		return "nothing, its stack could not be kept (" + err.Error() + ")"
	}
	defer file.Close()
	if _, err := io.WriteString(file, crash); err != nil {
		return "nothing, its stack could not be kept (" + err.Error() + ")"
	}
	return file.Name()
}
