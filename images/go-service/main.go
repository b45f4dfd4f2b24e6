// Ledger keeps a list of items and serves it over HTTP, or says what it would answer.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"
)

const version = "ledger 0.3.0"

func serve(address string) error {
	server := &http.Server{Addr: address, Handler: newLedger().routes(), ReadHeaderTimeout: 5 * time.Second}
	ended, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ended.Done()
		deadline, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		_ = server.Shutdown(deadline)
	}()
	fmt.Println("listening on", address)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// ask answers requests without a network: METHOD PATH [BODY].
func ask(requests []string) {
	routes := newLedger().routes()
	for _, request := range requests {
		words := append(strings.SplitN(request, " ", 3), "", "")
		recorder := httptest.NewRecorder()
		routes.ServeHTTP(recorder, httptest.NewRequest(words[0], words[1], strings.NewReader(words[2])))
		fmt.Print(recorder.Code, " ", recorder.Body.String())
	}
}

func main() {
	showVersion := flag.Bool("version", false, "print the version")
	showPlatform := flag.Bool("platform", false, "print the platform that it was compiled for")
	asked := flag.Bool("ask", false, "answer the requests that are given as arguments")
	flag.Parse()
	switch {
	case *showVersion:
		fmt.Println(version)
	case *showPlatform:
		fmt.Println(runtime.GOOS + "/" + runtime.GOARCH)
	case *asked:
		ask(flag.Args())
	default:
		if err := serve(":8080"); err != nil {
			log.Fatal(err)
		}
	}
}
