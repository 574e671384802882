// Command launcher starts the program NAME-bridge that lies beside it, where NAME is its own name, and passes
// everything on, except a crash: the stack of a Go program goes to a file, and a person reads what happened.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"runlayer.example/engine/cli/orphan"
)

// launched tells the bridge that its standard input ends when this process does.
const launched = "PULUMI_RESOURCE_LAUNCHED=1"

func main() { os.Exit(run(os.Args, os.Stderr)) }

func run(arguments []string, stderr io.Writer) int {
	executable, err := os.Executable()
	if err != nil {
		fmt.Fprintln(stderr, "error", err)
		return 1
	}
	bridge := exec.Command(executable+"-bridge", arguments[1:]...)
	bridge.Env = append(os.Environ(), launched)
	bridge.Stdout = os.Stdout
	lifeline, err := bridge.StdinPipe()
	if err != nil {
		fmt.Fprintln(stderr, "error", err)
		return 1
	}
	defer lifeline.Close()
	output, err := bridge.StderrPipe()
	if err != nil {
		fmt.Fprintln(stderr, "error", err)
		return 1
	}
	stop, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	orphan.Stop(stop, cancel)
	if err := bridge.Start(); err != nil {
		fmt.Fprintf(stderr, "error ENG047: %s does not start: %v\n  why:  the build puts it beside the launcher\n"+
			"  next: run `python -m engine build`\n", filepath.Base(bridge.Path), err)
		return 1
	}
	go func() {
		<-stop.Done()
		_ = bridge.Process.Signal(syscall.SIGTERM) // an error means that it has ended already
	}()
	crash := filter(output, stderr)
	err = bridge.Wait()
	return report(executable, crash, err, stderr)
}

// report says how the bridge ended, if not well, and returns the exit code.
func report(executable, crash string, err error, stderr io.Writer) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		fmt.Fprint(stderr, crash) // it only looked like a crash
		return 0
	case !errors.As(err, &exit):
		fmt.Fprintln(stderr, "error", err)
		return 1
	case crash != "":
		fmt.Fprintf(stderr, "error ENG046: %s has crashed: %s\n  why:  a defect in the provider or in the embedded AWS's answer to it, not in the program\n"+
			"  next: see %s; then run the command again, `pulumi refresh` first if resources were being made\n",
			filepath.Base(executable), firstLine(crash), save(executable, crash))
		return 1
	case exit.ExitCode() >= 0:
		return exit.ExitCode()
	case wasAsked(exit):
		return 1
	default:
		fmt.Fprintf(stderr, "error ENG048: %s was ended by %v\n  why:  somebody ended it, or the memory was used up\n"+
			"  next: run the command again, `pulumi refresh` first if resources were being made\n", filepath.Base(executable), exit)
		return 1
	}
}

// wasAsked tells whether the bridge ended because somebody asked it to, as the engine does at the end of every run.
func wasAsked(exit *exec.ExitError) bool {
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && (status.Signal() == syscall.SIGINT || status.Signal() == syscall.SIGTERM)
}
