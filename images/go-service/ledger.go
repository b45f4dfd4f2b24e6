package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"net/http"
	"sort"
	"sync"
)

type item struct {
	Name   string  `json:"name"`
	Amount float64 `json:"amount"`
}

type ledger struct {
	mutex sync.Mutex
	items map[string]float64
}

func newLedger() *ledger { return &ledger{items: map[string]float64{}} }

func (l *ledger) routes() http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	routes.HandleFunc("/items", l.serveItems)
	routes.HandleFunc("/sum", l.serveSum)
	return routes
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func (l *ledger) serveItems(w http.ResponseWriter, r *http.Request) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	switch r.Method {
	case http.MethodPost:
		var added item
		if err := json.NewDecoder(r.Body).Decode(&added); err != nil || added.Name == "" {
			answer(w, http.StatusBadRequest, map[string]string{"error": "an item has a name and an amount"})
			return
		}
		l.items[added.Name] += added.Amount
		answer(w, http.StatusCreated, added)
	case http.MethodGet:
		answer(w, http.StatusOK, l.sorted())
	default:
		answer(w, http.StatusMethodNotAllowed, map[string]string{"error": r.Method})
	}
}

func (l *ledger) sorted() []item {
	list := make([]item, 0, len(l.items))
	for name, amount := range l.items {
		list = append(list, item{name, amount})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list
}

func (l *ledger) serveSum(w http.ResponseWriter, _ *http.Request) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	sum, digest := 0.0, sha256.New()
	for _, entry := range l.sorted() {
		sum += entry.Amount
		digest.Write([]byte(entry.Name))
	}
	// Cents: what is beyond them may differ where a compiler fuses multiplication and addition.
	answer(w, http.StatusOK, map[string]any{"sum": math.Round(sum*100) / 100, "digest": hex.EncodeToString(digest.Sum(nil))})
}
