console.log('Nyuzi: nothing to serve yet.')
