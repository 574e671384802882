package main

import (
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// termGrace is how long a program may take to end after SIGTERM before it is killed.
const termGrace = time.Second

// children are the processes that this host started and that still run, each the leader of its own group.
type children struct {
	mutex   sync.Mutex
	running map[int]chan struct{} // process id -> closed when it has ended
}

func newChildren() *children { return &children{running: map[int]chan struct{}{}} }

// run starts the command in a group of its own and waits for it. Its error is that of exec.Cmd.Run.
func (c *children) run(command *exec.Cmd) error {
	ended, err := c.start(command)
	if err != nil {
		return err
	}
	defer ended()
	return command.Wait()
}

// start starts the command and returns what to call once it has been waited for.
func (c *children) start(command *exec.Cmd) (func(), error) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if err := command.Start(); err != nil {
		return nil, err
	}
	identifier, ended := command.Process.Pid, make(chan struct{})
	c.running[identifier] = ended
	return func() {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		delete(c.running, identifier)
		close(ended)
	}, nil
}

// endAll ends every running process with its descendants and returns when they are gone.
func (c *children) endAll() {
	c.mutex.Lock()
	running := make(map[int]chan struct{}, len(c.running))
	for identifier, ended := range c.running {
		running[identifier] = ended
	}
	c.mutex.Unlock()
	var all sync.WaitGroup
	for identifier, ended := range running {
		all.Add(1)
		go func() {
			defer all.Done()
			end(identifier, ended)
		}()
	}
	all.Wait()
}

func end(identifier int, ended <-chan struct{}) {
	group := -identifier
	_ = syscall.Kill(group, syscall.SIGTERM) // an error means that it has ended already
	select {
	case <-ended:
	case <-time.After(termGrace):
		_ = syscall.Kill(group, syscall.SIGKILL)
		<-ended
	}
}
