// Package orphan ends a process whose parent is gone, even if the parent was killed without a word.
package orphan

import (
	"context"
	"os"
	"time"
)

const checkInterval = 250 * time.Millisecond

// Stop cancels when the process that started this one is gone, until the context is done.
func Stop(ctx context.Context, cancel context.CancelFunc) {
	parent := os.Getppid()
	go func() {
		ticker := time.NewTicker(checkInterval)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				if os.Getppid() != parent {
					cancel()
					return
				}
			}
		}
	}()
}
