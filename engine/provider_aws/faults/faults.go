// Package faults makes errors for a person.
package faults

import "fmt"

// New is an error with a stable code, what is wrong, why, and what to type next.
func New(code, problem, cause, remedy string) error {
	return fmt.Errorf("%s: %s\n  why:  %s\n  next: %s", code, problem, cause, remedy)
}
