// work WHAT: one kind of work in Go for suites/bench-go.yaml; prints a result that depends on all of it.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"regexp"
	"sort"
	"strings"
	"sync"
)

type item struct {
	Name  string   `json:"name"`
	Count int      `json:"count"`
	Tags  []string `json:"tags"`
}

// The same numbers on every machine and with every version of Go.
func numbers(count int) []uint32 {
	values := make([]uint32, count)
	state := uint32(1)
	for i := range values {
		state = state*1664525 + 1013904223
		values[i] = state
	}
	return values
}

func nothing() {}

func sorting() {
	values := numbers(500_000)
	sort.Slice(values, func(a, b int) bool { return values[a] < values[b] })
	fmt.Println(values[0], values[len(values)/2])
}

func maps() {
	counts := map[uint32]int{}
	for _, value := range numbers(1_000_000) {
		counts[value%50_000]++
	}
	fmt.Println(len(counts), counts[17])
}

func garbage() {
	type node struct{ left, right *node }
	var grow func(depth int) *node
	grow = func(depth int) *node {
		if depth == 0 {
			return &node{}
		}
		return &node{grow(depth - 1), grow(depth - 1)}
	}
	count := 0
	for i := 0; i < 20; i++ {
		for tree := grow(14); tree != nil; tree = tree.left {
			count++
		}
	}
	fmt.Println(count)
}

func messages() {
	const workers, each = 4, 50_000
	results := make(chan uint64)
	var group sync.WaitGroup
	for worker := 0; worker < workers; worker++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for i := 0; i < each; i++ {
				results <- uint64(worker + i)
			}
		}()
	}
	go func() { group.Wait(); close(results) }()
	var sum uint64
	for value := range results {
		sum += value
	}
	fmt.Println(sum)
}

func encoding() {
	items := make([]item, 3000)
	for i := range items {
		items[i] = item{fmt.Sprintf("item %d", i), i, []string{"a", "b", "c"}}
	}
	sum := 0
	for i := 0; i < 5; i++ {
		text, _ := json.Marshal(items)
		var read []item
		if err := json.Unmarshal(text, &read); err != nil {
			panic(err)
		}
		sum += len(text) + read[len(read)-1].Count
	}
	fmt.Println(sum)
}

func compressing() {
	var text bytes.Buffer
	for _, value := range numbers(200_000) {
		fmt.Fprintln(&text, value%1000)
	}
	var packed bytes.Buffer
	writer, _ := gzip.NewWriterLevel(&packed, 6)
	writer.Write(text.Bytes())
	writer.Close()
	reader, _ := gzip.NewReader(&packed)
	hash := fnv.New64a()
	io.Copy(hash, reader)
	fmt.Printf("%x\n", hash.Sum64())
}

func hashing() {
	hash := sha256.New()
	block := bytes.Repeat([]byte("archparity"), 100_000)
	for i := 0; i < 30; i++ {
		hash.Write(block)
	}
	fmt.Printf("%x\n", hash.Sum(nil))
}

func matching() {
	pattern := regexp.MustCompile(`(\w+)@(\w+)\.example`)
	text := strings.Repeat("some words, then who@where.example and more; ", 4000)
	fmt.Println(len(pattern.FindAllString(text, -1)))
}

func main() {
	works := map[string]func(){
		"nothing": nothing, "sorting": sorting, "maps": maps, "garbage": garbage, "messages": messages,
		"encoding": encoding, "compressing": compressing, "hashing": hashing, "matching": matching,
	}
	if len(os.Args) == 2 {
		if work, ok := works[os.Args[1]]; ok {
			work()
			return
		}
	}
	fmt.Fprintln(os.Stderr, "usage: work WHAT")
	os.Exit(2)
}
