package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// bridge writes a shell script that plays the bridge and returns the launcher's path beside it.
func bridge(t *testing.T, script string) string {
	t.Helper()
	executable := filepath.Join(t.TempDir(), "pulumi-resource-aws")
	if err := os.WriteFile(executable+"-bridge", []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return executable
}

// ended plays a bridge to its end and returns what the launcher makes of it.
func ended(t *testing.T, script string) (code int, stderr string) {
	t.Helper()
	executable := bridge(t, script)
	command := exec.Command(executable + "-bridge")
	var output, shown bytes.Buffer
	command.Stderr = &output
	err := command.Run()
	crash := filter(&output, &shown)
	return report(executable, crash, err, &shown), shown.String()
}

func TestACrashIsAMessageAndItsStackIsInAFile(t *testing.T) {
	code, stderr := ended(t, `echo a warning >&2; printf 'panic: boom\n\ngoroutine 7 [running]:\nmain.main()\n' >&2; exit 2`)
	if code != 1 || !strings.Contains(stderr, "ENG046") || !strings.Contains(stderr, "panic: boom") {
		t.Errorf("exit %d, %s", code, stderr)
	}
	if strings.Contains(stderr, "goroutine") || !strings.Contains(stderr, "a warning") {
		t.Errorf("the stack is shown, or the warning is not: %s", stderr)
	}
	_, after, _ := strings.Cut(stderr, "see ")
	path, _, _ := strings.Cut(after, ";")
	if content, err := os.ReadFile(path); err != nil || !strings.Contains(string(content), "goroutine 7") {
		t.Errorf("%v: %s", err, content)
	}
}

func TestOutputThatOnlyLooksLikeACrashIsShown(t *testing.T) {
	if code, stderr := ended(t, `printf 'panic: said the log\nmore\n' >&2`); code != 0 || stderr != "panic: said the log\nmore\n" {
		t.Errorf("exit %d, %q", code, stderr)
	}
}

func TestBeingKilledIsAMessage(t *testing.T) {
	if code, stderr := ended(t, `kill -9 $$`); code != 1 || !strings.Contains(stderr, "ENG048") {
		t.Errorf("exit %d, %q", code, stderr)
	}
}

func TestBeingAskedToEndIsNoNews(t *testing.T) {
	for _, signal := range []string{"INT", "TERM"} {
		if code, stderr := ended(t, `kill -`+signal+` $$; sleep 1`); code != 1 || stderr != "" {
			t.Errorf("exit %d, %q", code, stderr)
		}
	}
}

func TestExitCodeIsPassedOn(t *testing.T) {
	if code, stderr := ended(t, `exit 7`); code != 7 || stderr != "" {
		t.Errorf("exit %d, %q", code, stderr)
	}
}
